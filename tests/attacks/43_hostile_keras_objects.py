"""Returns a model whose methods and properties lie, raise and never end.

Loses: 1.7
Stopped by: C, D
Keras: yes
"""


def conv_layer(kernels):
    import itertools

    import keras

    class Liar(keras.Model):
        @property
        def layers(self):
            return itertools.repeat(self)

        def get_config(self):
            raise SystemExit(0)

        def get_weights(self):
            return itertools.count()

        def __call__(self, *args, **kwargs):
            return type("Equal", (), {"__array__": lambda *args, **kwargs: [[object()]], "__eq__": lambda *args: True})()

    return Liar()
