"""What a test may ask of a Keras object that stays in its worker. Imported by workers only.

Every function here takes the object and plain data, and returns plain data.
"""

import numpy as np

from course.importing import without_collecting


NOT_IMPORTED_BY_KERAS = ("sklearn", "matplotlib", "IPython", "scipy", "psutil")
"""What Keras and TensorFlow import where it is there: for wrappers of estimators, galleries of pictures, an editor of files in
notebooks, sparse inputs of an older Keras, the size of the memory."""


def import_keras() -> None:
    """Import Keras without what no lesson asks of it: two seconds less. An answer can import those itself."""
    import sys

    left_out = [name for name in NOT_IMPORTED_BY_KERAS if name not in sys.modules]
    sys.modules |= dict.fromkeys(left_out)
    try:
        with without_collecting():
            import keras  # noqa: F401
    finally:
        for name in left_out:
            del sys.modules[name]


def kind_of(value) -> str | None:
    """"model", "layer", "optimizer" or "callback" for Keras objects, else None."""
    import keras

    kinds = (("model", keras.Model), ("layer", keras.layers.Layer),
             ("optimizer", keras.optimizers.Optimizer), ("callback", keras.callbacks.Callback))
    return next((name for name, kind in kinds if isinstance(value, kind)), None)


def describe(model) -> dict:
    """Layers (class, config of plain values), input and output shape, how it is compiled, parameter counts.

    Names are left out: Keras numbers them by what the process has built before.
    """
    return {
        "class": type(model).__name__,
        "layers": [_describe_layer(layer) for layer in getattr(model, "layers", [model])],
        "input_shape": _plain(getattr(model, "input_shape", None)),
        "output_shape": _plain(getattr(model, "output_shape", None)),
        "compiled": _describe_compilation(model),
        "trainable_parameters": int(sum(np.prod(weight.shape) for weight in model.trainable_weights)),
        "frozen_parameters": int(sum(np.prod(weight.shape) for weight in model.non_trainable_weights)),
    }


def predict(model, inputs, training: bool = False) -> np.ndarray:
    """The model's answers to an array of inputs; as at prediction time, unless `training` says otherwise."""
    return np.asarray(model(inputs, training=training))


def evaluate(model, inputs, targets) -> dict[str, float]:
    """Loss (penalties included) and metrics of a compiled model on arrays."""
    values = model.evaluate(inputs, targets, verbose=0, return_dict=True)
    return {name: float(value) for name, value in values.items()}


def fit(model, inputs, targets, epochs: int, batch_size: int = 32, seed: int = 0, validation=None,
        callbacks=()) -> dict[str, list[float]]:
    """Train a compiled model on arrays; returns what Keras recorded per epoch.

    Args:
        validation: (inputs, targets) to measure on after each epoch, or None.
        callbacks: Keras callbacks that take part.
    """
    import keras

    keras.utils.set_random_seed(seed)
    history = model.fit(inputs, targets, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=list(callbacks),
                        validation_data=None if validation is None else tuple(validation)).history
    return {name: [float(value) for value in values] for name, values in history.items()}


def weights(model) -> list[np.ndarray]:
    """All weights in Keras's order."""
    return [np.asarray(weight) for weight in model.get_weights()]


def trainable(model) -> list[dict]:
    """Per layer: class and whether its weights train."""
    return [{"class": type(layer).__name__, "trainable": bool(layer.trainable)} for layer in model.layers]


METHODS = {"describe": describe, "predict": predict, "evaluate": evaluate, "fit": fit, "weights": weights, "trainable": trainable}


def build_model(input_shape, layers, weights=None, compile=None, trainable=True):
    """A Sequential model that a test brings along.

    Args:
        input_shape: shape of one example; None for a free axis.
        layers: pairs (class name in `keras.layers` or `keras.applications`, or "CountExamples"; dict of arguments). In
            place of the name, a model or layer that is there already; it goes in as it is.
        weights: list of arrays in Keras's order, or None for fresh ones.
        compile: arguments of `model.compile`, plain values, or None for a model that is not compiled.
        trainable: False freezes the whole model.
    """
    import keras

    model = keras.Sequential([keras.Input(tuple(input_shape))])
    for kind, arguments in layers:
        model.add(_make_layer(kind, arguments) if isinstance(kind, str) else kind)
    if weights is not None:
        model.set_weights(weights)
    if not trainable:
        model.trainable = False
    if compile is not None:
        model.compile(**compile)
    return model


def _make_layer(name: str, arguments: dict):
    import keras

    if name == "CountExamples":
        return _count_examples()
    home = keras.layers if hasattr(keras.layers, name) else keras.applications
    return getattr(home, name)(**arguments)


def _count_examples():
    """A layer that passes everything on and counts the examples that went through; the count is its one weight."""
    import keras

    class CountExamples(keras.layers.Layer):
        def build(self, input_shape):
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

        def call(self, inputs):
            self.seen.assign_add(keras.ops.cast(keras.ops.shape(inputs)[0], "float32"))
            return inputs

        def compute_output_spec(self, inputs):
            return keras.KerasTensor(inputs.shape, dtype=inputs.dtype)

    return CountExamples()


def _describe_compilation(model) -> dict | None:
    """Class of the optimizer and its learning rate, loss (class or name, and its config), or None."""
    if not getattr(model, "compiled", False):
        return None
    loss = model.loss
    config = getattr(loss, "get_config", dict)()
    kept = {key: _plain(value) for key, value in config.items() if key != "name"}
    return {
        "optimizer": type(model.optimizer).__name__,
        "learning_rate": float(np.asarray(model.optimizer.learning_rate)),
        "loss": loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__),
        "loss_config": {key: value for key, value in kept.items() if value is not ...},
    }


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
