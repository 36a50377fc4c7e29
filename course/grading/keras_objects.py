"""What a test may ask of a Keras object that stays in its worker. Imported by workers only.

Every function here takes the object and plain data, and returns plain data.
"""

import numpy as np


def kind_of(value) -> str | None:
    """"model", "layer", "optimizer" or "callback" for Keras objects, else None."""
    import keras

    kinds = (("model", keras.Model), ("layer", keras.layers.Layer),
             ("optimizer", keras.optimizers.Optimizer), ("callback", keras.callbacks.Callback))
    return next((name for name, kind in kinds if isinstance(value, kind)), None)


def describe(model) -> dict:
    """Layers (class, config of plain values), input and output shape, parameter counts.

    Names are left out: Keras numbers them by what the process has built before.
    """
    return {
        "class": type(model).__name__,
        "layers": [_describe_layer(layer) for layer in getattr(model, "layers", [model])],
        "input_shape": _plain(getattr(model, "input_shape", None)),
        "output_shape": _plain(getattr(model, "output_shape", None)),
        "trainable_parameters": int(sum(np.prod(weight.shape) for weight in model.trainable_weights)),
        "frozen_parameters": int(sum(np.prod(weight.shape) for weight in model.non_trainable_weights)),
    }


def predict(model, inputs) -> np.ndarray:
    """The model's answers to an array of inputs, as at prediction time."""
    return np.asarray(model(inputs, training=False))


def weights(model) -> list[np.ndarray]:
    """All weights in Keras's order."""
    return [np.asarray(weight) for weight in model.get_weights()]


def trainable(model) -> list[dict]:
    """Per layer: class and whether its weights train."""
    return [{"class": type(layer).__name__, "trainable": bool(layer.trainable)} for layer in model.layers]


METHODS = {"describe": describe, "predict": predict, "weights": weights, "trainable": trainable}


def build_model(input_shape, layers, weights=None):
    """A Sequential model that a test brings along.

    Args:
        input_shape: shape of one example; None for a free axis.
        layers: pairs (class name in `keras.layers`, dict of arguments).
        weights: list of arrays in Keras's order, or None for fresh ones.
    """
    import keras

    model = keras.Sequential([keras.Input(tuple(input_shape))])
    for class_name, arguments in layers:
        model.add(getattr(keras.layers, class_name)(**arguments))
    if weights is not None:
        model.set_weights(weights)
    return model


def _describe_layer(layer) -> dict:
    config = {key: _plain(value) for key, value in layer.get_config().items() if key != "name"}
    return {"class": type(layer).__name__,
            "config": {key: value for key, value in config.items() if value is not ...},
            "weights": [tuple(int(n) for n in weight.shape) for weight in layer.weights]}


def _plain(value):
    """The value if it is plain, `...` if it is not worth carrying."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        items = [_plain(item) for item in value]
        return ... if ... in items else tuple(items)
    return ...
