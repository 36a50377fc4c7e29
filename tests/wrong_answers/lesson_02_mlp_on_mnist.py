"""Named wrong answers of lesson 2: mistakes that people make, each with the idea that clears it up.

Every function stands in for the one before the double underscore. The grader compares a failed
answer with these; the project's own tests prove that each is refused, and by its own name. The
file is loaded behind the solution, into the same module, so the solution's functions can be used.
"""

import numpy as np

# Task 2.1


def prepare_images__not_scaled(images):
    """The values still run from 0 to 255.

    Divide by 255, so that no ink is 0 and full ink is 1. A sigmoid that gets sums of thousands sits at
    one of its ends, and learns next to nothing.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.reshape(len(images), -1).astype(np.float32)


def prepare_images__each_by_its_own_maximum(images):
    """Each picture was divided by its own brightest pixel.

    A faint stroke then counts as much as a bold one, and a blank picture becomes 0 / 0. All pictures
    share one scale: divide by 255.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    rows = images.reshape(len(images), -1).astype(np.float32)
    with np.errstate(invalid="ignore"):
        return rows / rows.max(axis=1, keepdims=True)


def prepare_images__whole_array_by_its_maximum(images):
    """Everything was divided by the brightest pixel that there happens to be.

    The scale then depends on which pictures come together. Divide by 255, the largest value that a
    pixel can have.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    rows = images.reshape(len(images), -1).astype(np.float32)
    return rows / rows.max()


def prepare_images__stretched_from_minimum_to_maximum(images):
    """Each picture was stretched from its own darkest to its own brightest pixel.

    The same ink then means something else in every picture. All pictures share one scale: divide by 255.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    rows = images.reshape(len(images), -1).astype(np.float32)
    low, high = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    return (rows - low) / np.maximum(high - low, 1e-9)


def prepare_images__mean_removed(images):
    """The mean was subtracted.

    The task asks for values from 0 (no ink) to 1 (full ink). With the mean removed, paper is negative
    and 0 no longer means "nothing there".
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    rows = images.reshape(len(images), -1).astype(np.float32) / 255
    return rows - rows.mean()


def prepare_images__standardised(images):
    """The mean was subtracted, and the result divided by the standard deviation.

    That is a common way to prepare data, but not the one asked for here: values from 0 (no ink) to 1
    (full ink).
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    rows = images.reshape(len(images), -1).astype(np.float32)
    return (rows - rows.mean()) / rows.std()


def prepare_images__axes_mixed(images):
    """The pictures were mixed with each other.

    The first axis counts the pictures, and each picture must stay in its own row. Cut into
    (pictures, −1) directly; a transpose brings the pixels of several pictures together.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.T.reshape(len(images), -1).astype(np.float32) / 255


def prepare_images__columns_one_by_one(images):
    """The columns stand one behind the other, not the rows.

    A row of the result is the picture read like a page: its top row from left to right, then the next
    one. That is what reshape does by itself.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.transpose(0, 2, 1).reshape(len(images), -1).astype(np.float32) / 255


def prepare_images__one_long_row(images):
    """All pictures were laid into one single row.

    ravel and reshape(-1) flatten everything. The first axis, the count of the pictures, has to stay:
    reshape(len(images), -1).
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.ravel().astype(np.float32) / 255


def prepare_images__always_784(images):
    """The size 784 is written into the function.

    It fits digits of 28 × 28 pixels and nothing else. Let reshape work out the length itself:
    reshape(len(images), -1).
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.reshape(-1, 784).astype(np.float32) / 255


def prepare_images__still_square(images):
    """The pictures were scaled, but not laid out as rows.

    A dense layer wants one row of numbers per picture, of shape (pictures, height · width).
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.astype(np.float32) / 255


def prepare_images__float64_result(images):
    """The numbers are right, their type is float64.

    NumPy calculates in float64 when nobody says otherwise; networks work in float32. Use
    .astype(np.float32).
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return images.reshape(len(images), -1) / 255


def prepare_images__whole_division(images):
    """The pictures were divided in whole numbers.

    // rounds down, so everything but full ink becomes 0, and all shades of grey are gone. Turn the
    pictures into float32 and divide with /.
    """
    if images.dtype != np.uint8:
        raise ValueError("pictures must be uint8")
    return (images.reshape(len(images), -1) // 255).astype(np.float32)


def prepare_images__prepared_twice(images):
    """Pictures that are prepared already were accepted.

    Divided by 255 once more they are all but blank, and nothing says so. Raise a ValueError where the
    pictures are not uint8.
    """
    return images.reshape(len(images), -1).astype(np.float32) / 255


# Task 2.2


def _mlp(hidden_units, *, hidden="sigmoid", output="softmax", units=10, loss="sparse_categorical_crossentropy",
         optimizer=None, metrics=("accuracy",), start="glorot_uniform"):
    import keras

    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(hidden_units, activation=hidden, kernel_initializer=start),
        keras.layers.Dense(units, activation=output, kernel_initializer=start),
    ])
    model.compile(optimizer=optimizer or keras.optimizers.Adam(0.005), loss=loss, metrics=list(metrics))
    return model


def build_mlp__logits_said_over_a_softmax(hidden_units=30):
    """The loss takes the answers for raw sums, though they went through softmax already.

    from_logits=True tells the loss to apply a softmax itself, and over a softmax that would squeeze the
    answers twice. Keras mends it with a warning where it can see it (over TensorFlow), and elsewhere it
    does not. Leave it away.
    """
    import keras

    return _mlp(hidden_units, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def build_mlp__no_softmax(hidden_units=30):
    """The output layer has no softmax.

    Its answers are raw sums, which can be negative and add up to anything. softmax turns them into
    ten shares that add up to 1.
    """
    return _mlp(hidden_units, output=None)


def build_mlp__sigmoid_at_the_output(hidden_units=30):
    """The output layer has the sigmoid in place of softmax.

    Ten sigmoids answer ten separate questions, so several digits can get "almost certain" at once.
    softmax shares one certainty among all ten.
    """
    return _mlp(hidden_units, output="sigmoid")


def build_mlp__hidden_layer_without_function(hidden_units=30):
    """The hidden layer has no activation function.

    A weighted sum of weighted sums is just another weighted sum: two such layers can do no more than
    one. Give the hidden layer activation="sigmoid".
    """
    return _mlp(hidden_units, hidden=None)


def build_mlp__relu_in_the_hidden_layer(hidden_units=30):
    """The hidden layer has relu in place of the sigmoid.

    relu works as well in many networks. With two or three neurons it is dangerous: a neuron whose sum
    is below 0 for all pictures answers 0 and never learns again. The task asks for the sigmoid.
    """
    return _mlp(hidden_units, hidden="relu")


def build_mlp__softmax_in_the_hidden_layer(hidden_units=30):
    """The hidden layer has softmax too.

    There the neurons would have to share one certainty: when one calls louder, all others must be
    quieter. In the hidden layer each neuron has its own sigmoid.
    """
    return _mlp(hidden_units, hidden="softmax")


def build_mlp__loss_for_rows_of_ten(hidden_units=30):
    """The loss expects each label as a row of ten numbers.

    categorical_crossentropy is for labels such as [0, 0, 0, 1, 0, …]. For whole numbers from 0 to 9 its
    name begins with "sparse".
    """
    return _mlp(hidden_units, loss="categorical_crossentropy")


def build_mlp__squared_error(hidden_units=30):
    """The loss is the squared error.

    It compares the label, a number such as 7, with each of the ten shares. A digit is a name and not a
    quantity; for choosing among names the loss is sparse_categorical_crossentropy.
    """
    return _mlp(hidden_units, loss="mse")


def build_mlp__one_output(hidden_units=30):
    """The network has a single output.

    It would have to say "7" as a quantity, as if 7 lay between 6 and 8. Ten outputs, one for each
    digit, and the largest share wins.
    """
    return _mlp(hidden_units, units=1)


def build_mlp__nine_outputs(hidden_units=30):
    """The network has nine outputs.

    The digits from 0 to 9 are ten. With nine outputs a 9 has no place, and training either fails at the
    first 9 or reports a loss of NaN.
    """
    return _mlp(hidden_units, units=9)


def build_mlp__always_thirty(hidden_units=30):
    """The number of hidden neurons is written into the function.

    Whatever is asked for, 30 are built. Use the argument hidden_units.
    """
    return _mlp(30)


def build_mlp__expects_squares(hidden_units=30):
    """The network expects pictures of 28 × 28.

    prepare_images has laid them out as rows already, so the input is keras.Input((784,)) and no
    Flatten is needed.
    """
    import keras

    model = keras.Sequential([
        keras.Input((28, 28)), keras.layers.Flatten(),
        keras.layers.Dense(hidden_units, activation="sigmoid"), keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_mlp__not_compiled(hidden_units=30):
    """The model was built, but not compiled.

    compile tells it which loss to make small, who takes the steps, and what to measure. Without it,
    fit does not know what to do.
    """
    import keras

    return keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(hidden_units, activation="sigmoid"),
        keras.layers.Dense(10, activation="softmax"),
    ])


def build_mlp__usual_learning_rate(hidden_units=30):
    """Adam has its usual learning rate of 0.001.

    optimizer="adam" takes it. The task asks for five times that, because these networks are small and
    get few steps: keras.optimizers.Adam(0.005).
    """
    return _mlp(hidden_units, optimizer="adam")


def build_mlp__plain_gradient_descent(hidden_units=30):
    """The optimizer is plain gradient descent.

    SGD takes the same step size for every weight, and pixels that rarely have ink hardly move. The task
    asks for Adam, which gives each weight a step of its own.
    """
    import keras

    return _mlp(hidden_units, optimizer=keras.optimizers.SGD(0.005))


def build_mlp__accuracy_not_measured(hidden_units=30):
    """The network does not measure its accuracy.

    The loss is hard to read for people. metrics=["accuracy"] makes Keras report the share of right
    answers, too.
    """
    return _mlp(hidden_units, metrics=())


def build_mlp__starts_with_zeros(hidden_units=30):
    """All weights start at 0.

    Then all hidden neurons are the same, get the same corrections, and stay the same for ever. The
    random start is what lets them become different.
    """
    return _mlp(hidden_units, start="zeros")


def build_mlp__same_start_every_time(hidden_units=30):
    """Every network starts from the same random numbers.

    A fixed seed inside the function makes all networks equal, and "averaged over five networks" would
    mean one network. Set the seed outside, where the experiment begins.
    """
    import keras

    keras.utils.set_random_seed(0)
    return _mlp(hidden_units)


# Task 2.3


def train_mlp__history_object(model, images, labels, epochs=25, batch_size=32):
    """This is Keras's History object.

    What it recorded is inside, as its attribute history: a plain dict.
    """
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0)


def train_mlp__model_returned(model, images, labels, epochs=25, batch_size=32):
    """The model was returned.

    Whoever calls has the model already. What is asked for is the record of the training, which fit
    returns.
    """
    model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0)
    return model


def train_mlp__accuracies_only(model, images, labels, epochs=25, batch_size=32):
    """Only the accuracies were returned.

    The task asks for the whole dict, with "loss" and "accuracy".
    """
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0).history["accuracy"]


def train_mlp__last_epoch_only(model, images, labels, epochs=25, batch_size=32):
    """Only the last epoch's numbers were returned.

    The record holds one number per epoch, in lists. How training went is seen only in the whole.
    """
    history = model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0).history
    return {name: values[-1] for name, values in history.items()}


def train_mlp__epochs_ignored(model, images, labels, epochs=25, batch_size=32):
    """The number of epochs is written into the function.

    Whatever is asked for, it makes its own number of passes. Hand the argument epochs on to fit.
    """
    return model.fit(images, labels, epochs=25, batch_size=batch_size, verbose=0).history


def train_mlp__batch_size_ignored(model, images, labels, epochs=25, batch_size=32):
    """The batch size was not handed on.

    fit then takes 32 pictures per step, its own habit, and makes another number of steps than asked
    for.
    """
    return model.fit(images, labels, epochs=epochs, verbose=0).history


def train_mlp__a_fifth_kept_back(model, images, labels, epochs=25, batch_size=32):
    """A fifth of the pictures was kept away from training.

    validation_split=0.2 takes the last fifth of the examples out and only measures with it. Here all
    pictures are for training; the test pictures are elsewhere.
    """
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, validation_split=0.2, verbose=0).history


def train_mlp__scaled_again(model, images, labels, epochs=25, batch_size=32):
    """The pictures were divided by 255 once more.

    They come prepared, between 0 and 1. Divided again they are all but blank, and the network learns
    next to nothing.
    """
    return model.fit(images / 255, labels, epochs=epochs, batch_size=batch_size, verbose=0).history


def train_mlp__labels_as_rows(model, images, labels, epochs=25, batch_size=32):
    """The labels were turned into rows of ten numbers.

    The model's loss is the sparse one, which wants whole numbers from 0 to 9, as they are given.
    """
    rows = np.eye(10, dtype=np.float32)[labels]
    return model.fit(images, rows, epochs=epochs, batch_size=batch_size, verbose=0).history


def train_mlp__compiled_anew(model, images, labels, epochs=25, batch_size=32):
    """The model was compiled anew before training.

    That throws away its optimizer and loss and puts others in their place. The model comes compiled,
    and only fit is needed.
    """
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0).history


def train_mlp__shuffled_apart(model, images, labels, epochs=25, batch_size=32):
    """Pictures and labels were shuffled in two different orders.

    Each picture then has some other picture's label, and there is nothing to learn. fit shuffles both
    together by itself.
    """
    rng = np.random.default_rng(0)
    return model.fit(rng.permutation(images), rng.permutation(labels), epochs=epochs, batch_size=batch_size, verbose=0).history


def train_mlp__one_epoch(model, images, labels, epochs=1, batch_size=32):
    """By itself, the function makes a single pass.

    One epoch of these few pictures is 45 small steps, and the network has only just begun. The task's own
    number of epochs is 25.
    """
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, verbose=0).history


def train_mlp__not_trained(model, images, labels, epochs=25, batch_size=32):
    """The network was measured, but not trained.

    evaluate looks at the loss and changes nothing. fit is what moves the weights.
    """
    measured = [model.evaluate(images, labels, batch_size=batch_size, verbose=0, return_dict=True) for _ in range(epochs)]
    return {name: [one[name] for one in measured] for name in measured[0]}


# Task 2.4


def weight_images__reshaped_without_transposing(model):
    """The table of weights was cut without turning it round.

    A neuron's weights are a *column* of the (784, hidden) table, and reshape cuts along the rows. So
    each picture mixes all neurons. Transpose first.
    """
    weights = model.get_weights()[0]
    return weights.reshape(-1, 28, 28)


def weight_images__neurons_last(model):
    """The pictures are right, but the neurons are the last axis.

    The result has the shape (28, 28, hidden). The first axis should count the neurons, so that
    images[4] is the picture of neuron 4.
    """
    weights = model.get_weights()[0]
    return weights.reshape(28, 28, -1)


def weight_images__lying_on_their_side(model):
    """Each picture lies on its side.

    .T turns *all* axes round, so (28, 28, hidden) becomes (hidden, columns, rows). Transpose the table
    before it is cut, or move only the last axis with np.moveaxis.
    """
    weights = model.get_weights()[0]
    return weights.reshape(28, 28, -1).T


def weight_images__of_one_neuron_only(model):
    """Only one neuron's picture was returned.

    Every hidden neuron has its own; the first axis of the result counts them.
    """
    return model.get_weights()[0][:, 0].reshape(28, 28)


def weight_images__left_as_rows(model):
    """The weights were transposed, but not cut into lines.

    Each row of 784 weights belongs to one neuron. Cut it into 28 lines of 28 to get a picture.
    """
    return model.get_weights()[0].T


def weight_images__output_layer(model):
    """These are the weights of the output layer.

    They say how much each digit listens to each hidden neuron, and there is no pixel in them. The hidden
    layer's weights are the first array of get_weights().
    """
    return model.get_weights()[2].T.reshape(-1, 28, 28)


def weight_images__absolute_values(model):
    """The signs are lost.

    A negative weight means that the neuron dislikes ink there, and that is half of the picture. Keep
    the weights as they are.
    """
    return np.abs(model.get_weights()[0].T.reshape(-1, 28, 28))


def weight_images__stretched_each(model):
    """Each picture was stretched to its own largest weight.

    The task asks for the weights as they are. Stretched, a neuron that hardly looks at all is as colourful
    as one that decides everything. The scale for the colours is chosen when drawing.
    """
    pictures = model.get_weights()[0].T.reshape(-1, 28, 28)
    return pictures / np.abs(pictures).max(axis=(1, 2), keepdims=True)


def weight_images__bias_added(model):
    """The bias was added to every weight.

    The bias belongs to the neuron and to no pixel. The picture shows the weights alone.
    """
    weights, biases = model.get_weights()[:2]
    return (weights + biases).T.reshape(-1, 28, 28)


# Task 2.5


def _to_digit(model, digit):
    return model.get_weights()[2][:, digit]


def favourite_neurons__signs_ignored(model, digit, k=5):
    """The neurons were ordered by the size of their weight, without its sign.

    A weight of −3 is no weak liking: it is a strong dislike. The most negative weights are the second
    list.
    """
    order = np.argsort(np.abs(_to_digit(model, digit)))
    return order[::-1][:k].tolist(), order[:k].tolist()


def favourite_neurons__smallest_size_disliked(model, digit, k=5):
    """The disliked neurons are those with the weights nearest to 0.

    A weight near 0 means that the digit does not care. Disliked are the neurons with the most negative
    weights.
    """
    to_digit = _to_digit(model, digit)
    return np.argsort(to_digit)[::-1][:k].tolist(), np.argsort(np.abs(to_digit))[:k].tolist()


def favourite_neurons__row_for_column(model, digit, k=5):
    """Row and column were exchanged.

    The output weights have the shape (hidden, 10). Row `digit` is what one hidden neuron says to all
    digits; column `digit` is what all hidden neurons say to one digit.
    """
    to_digit = model.get_weights()[2][digit]
    order = np.argsort(to_digit)
    return order[::-1][:k].tolist(), order[:k].tolist()


def favourite_neurons__weakest_liked_first(model, digit, k=5):
    """The liked neurons stand in rising order.

    argsort puts the largest at the end. Taken from there, the list still has to be turned round, so that
    the strongest comes first.
    """
    order = np.argsort(_to_digit(model, digit))
    return order[-k:].tolist(), order[:k].tolist()


def favourite_neurons__weakest_disliked_first(model, digit, k=5):
    """The disliked neurons begin with the weakest dislike.

    The most negative weight comes first; that is the order in which argsort gives them.
    """
    order = np.argsort(_to_digit(model, digit))[::-1]
    return order[:k].tolist(), order[-k:].tolist()


def favourite_neurons__in_order_of_number(model, digit, k=5):
    """The right neurons, in the order of their numbers.

    The task asks for the strongest first. Keep the order in which argsort gives them.
    """
    order = np.argsort(_to_digit(model, digit))
    return sorted(order[::-1][:k].tolist()), sorted(order[:k].tolist())


def favourite_neurons__lists_exchanged(model, digit, k=5):
    """Liked and disliked changed places.

    argsort begins with the smallest, that is with the most negative weight. So its beginning is the
    disliked neurons.
    """
    order = np.argsort(_to_digit(model, digit))
    return order[:k].tolist(), order[::-1][:k].tolist()


def favourite_neurons__weights_returned(model, digit, k=5):
    """These are the weights, not the neurons.

    sort gives the values in order; argsort gives their places, which are the numbers of the neurons.
    """
    to_digit = np.sort(_to_digit(model, digit))
    return to_digit[::-1][:k].tolist(), to_digit[:k].tolist()


def favourite_neurons__counted_from_one(model, digit, k=5):
    """The neurons were counted from 1.

    In NumPy the first neuron is number 0, and weight_images(model)[0] is its picture.
    """
    order = np.argsort(_to_digit(model, digit)) + 1
    return order[::-1][:k].tolist(), order[:k].tolist()


def favourite_neurons__hidden_layer(model, digit, k=5):
    """The hidden layer's weights were used.

    get_weights() gives four arrays: hidden weights, hidden biases, output weights, output biases. What a
    digit likes stands in the third, number 2.
    """
    order = np.argsort(model.get_weights()[0][digit])
    return order[::-1][:k].tolist(), order[:k].tolist()


def favourite_neurons__liked_only(model, digit, k=5):
    """Only the liked neurons were returned.

    Half of the answer is missing: the neurons that speak against the digit are a second list.
    """
    return np.argsort(_to_digit(model, digit))[::-1][:k].tolist()


# Task 2.6


def _share_right(network, images, labels):
    return np.mean(network.predict(images, verbose=0).argmax(axis=1) == labels)


def accuracy_by_width__measured_on_seen_pictures(widths, build, train, seen, held_out, repeats=3):
    """The accuracy was measured with the pictures that the network was trained on.

    That tells how well it remembers. How well it reads shows only on pictures that it has not seen:
    held_out.
    """
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *seen)
            accuracies[row, column] = _share_right(network, *seen)
    return accuracies


def accuracy_by_width__trained_on_held_out_pictures(widths, build, train, seen, held_out, repeats=3):
    """The network was trained with the held-out pictures.

    Then they are not held out any more, and the accuracy tells how well it remembers. Train with seen,
    measure with held_out.
    """
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *held_out)
            accuracies[row, column] = _share_right(network, *held_out)
    return accuracies


def accuracy_by_width__one_network_for_all_repeats(widths, build, train, seen, held_out, repeats=3):
    """All repeats of a width used the same network.

    The second time it has been trained twice, the third time thrice, and its luck at the start is the
    same each time. Build a fresh one for every measurement.
    """
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        network = build(width)
        for column in range(repeats):
            train(network, *seen)
            accuracies[row, column] = _share_right(network, *held_out)
    return accuracies


def accuracy_by_width__one_network_for_all_widths(widths, build, train, seen, held_out, repeats=3):
    """One network was used for all widths.

    It always has the first width, and is trained again and again. Build a fresh one, of the right width,
    for every measurement.
    """
    network = build(widths[0])
    accuracies = np.zeros((len(widths), repeats))
    for row in range(len(widths)):
        for column in range(repeats):
            train(network, *seen)
            accuracies[row, column] = _share_right(network, *held_out)
    return accuracies


def accuracy_by_width__not_trained(widths, build, train, seen, held_out, repeats=3):
    """The networks were measured without training.

    A fresh network has random weights and guesses. Call train(network, images, labels) before you ask it.
    """
    return np.array([[_share_right(build(width), *held_out) for _ in range(repeats)] for width in widths])


def accuracy_by_width__what_training_reported(widths, build, train, seen, held_out, repeats=3):
    """The accuracy is the one that training reported.

    It was measured on the pictures that the network was being trained with. Ask the network about the
    held-out pictures instead.
    """
    return np.array([[train(build(width), *seen)["accuracy"][-1] for _ in range(repeats)] for width in widths])


def accuracy_by_width__repeats_averaged(widths, build, train, seen, held_out, repeats=3):
    """The repeats were averaged already.

    The mean alone hides how far the networks lie apart. Return every accuracy: a row for each width, a
    column for each repeat.
    """
    means = []
    for width in widths:
        values = []
        for _ in range(repeats):
            network = build(width)
            train(network, *seen)
            values.append(_share_right(network, *held_out))
        means.append(np.mean(values))
    return np.array(means)


def _measured(widths, build, train, seen, held_out, repeats, measure):
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *seen)
            accuracies[row, column] = measure(network.predict(held_out[0], verbose=0), held_out[1])
    return accuracies


def accuracy_by_width__rows_and_columns_exchanged(widths, build, train, seen, held_out, repeats=3):
    """Rows and columns changed places.

    A row of the result belongs to a width, a column to a repeat.
    """
    return _measured(widths, build, train, seen, held_out, repeats,
                     lambda shares, labels: np.mean(shares.argmax(axis=1) == labels)).T


def accuracy_by_width__in_percent(widths, build, train, seen, held_out, repeats=3):
    """These are percentages.

    An accuracy of one half is 0.5 here, not 50.
    """
    return 100 * _measured(widths, build, train, seen, held_out, repeats,
                           lambda shares, labels: np.mean(shares.argmax(axis=1) == labels))


def accuracy_by_width__counted(widths, build, train, seen, held_out, repeats=3):
    """The right answers were counted, not divided by the number of pictures.

    An accuracy is a share: right answers over all answers.
    """
    return _measured(widths, build, train, seen, held_out, repeats,
                     lambda shares, labels: np.sum(shares.argmax(axis=1) == labels))


def accuracy_by_width__errors_for_accuracies(widths, build, train, seen, held_out, repeats=3):
    """This is the share of wrong answers.

    The accuracy is the share of right ones, where answer and label are equal.
    """
    return _measured(widths, build, train, seen, held_out, repeats,
                     lambda shares, labels: np.mean(shares.argmax(axis=1) != labels))


def accuracy_by_width__largest_share_averaged(widths, build, train, seen, held_out, repeats=3):
    """This is how sure the networks are, not how often they are right.

    The largest share was averaged without looking at the labels. Take the digit with the largest share
    (argmax over the ten) and compare it with the label.
    """
    return _measured(widths, build, train, seen, held_out, repeats, lambda shares, labels: np.mean(shares.max(axis=1)))


def accuracy_by_width__argmax_over_the_pictures(widths, build, train, seen, held_out, repeats=3):
    """argmax went over the pictures, not over the digits.

    axis=0 asks, for each digit, which picture has the largest share. axis=1 asks, for each picture, which
    digit has it.
    """
    accuracies = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *seen)
            answers = network.predict(held_out[0], verbose=0).argmax(axis=0)
            accuracies[row, column] = np.mean(answers == held_out[1])
    return accuracies


def accuracy_by_width__loss_for_accuracy(widths, build, train, seen, held_out, repeats=3):
    """This is the loss, not the accuracy.

    evaluate gives the loss first and the accuracy after it.
    """
    losses = np.zeros((len(widths), repeats))
    for row, width in enumerate(widths):
        for column in range(repeats):
            network = build(width)
            train(network, *seen)
            losses[row, column] = network.evaluate(*held_out, verbose=0)[0]
    return losses


# Task 2.7


def _differences(image):
    return np.diff(image, axis=1), np.diff(image, axis=0)


def roughness__not_divided(image):
    """The mean squared difference was not divided by the variance.

    A picture times ten would then be a hundred times as rough. Divided by the variance, the strength
    no longer matters.
    """
    across, down = _differences(image)
    return float(np.mean(np.concatenate([across.ravel(), down.ravel()]) ** 2))


def roughness__divided_by_the_standard_deviation(image):
    """It was divided by the standard deviation.

    Squared differences need a squared measure below them: the variance.
    """
    across, down = _differences(image)
    spread = np.std(image)
    return float(np.mean(np.concatenate([across.ravel(), down.ravel()]) ** 2) / spread) if spread > 0 else 0.0


def roughness__side_by_side_only(image):
    """Only neighbours side by side were compared.

    Upright stripes would be rough and lying stripes perfectly smooth. Neighbours one above the other
    count as well.
    """
    across, _ = _differences(image)
    variance = np.var(image)
    return float(np.mean(across**2) / variance) if variance > 0 else 0.0


def roughness__one_above_the_other_only(image):
    """Only neighbours one above the other were compared.

    Lying stripes would be rough and upright stripes perfectly smooth. Neighbours side by side count as
    well. (np.diff with axis=0 goes down, with axis=1 to the right.)
    """
    _, down = _differences(image)
    variance = np.var(image)
    return float(np.mean(down**2) / variance) if variance > 0 else 0.0


def roughness__two_means_added(image):
    """The two means were added.

    All pairs belong into one mean. Added up, noise would have a roughness of 4.
    """
    across, down = _differences(image)
    variance = np.var(image)
    return float((np.mean(across**2) + np.mean(down**2)) / variance) if variance > 0 else 0.0


def roughness__absolute_differences(image):
    """The differences were not squared.

    With absolute differences over a variance, a picture times ten is a tenth as rough. Squares over a
    variance cancel the strength out.
    """
    across, down = _differences(image)
    variance = np.var(image)
    return float(np.mean(np.abs(np.concatenate([across.ravel(), down.ravel()]))) / variance) if variance > 0 else 0.0


def roughness__around_the_border(image):
    """The last pixel of a row was compared with the first.

    np.roll moves pixels round the border to the other side, where they meet pixels that are no
    neighbours. np.diff compares neighbours only.
    """
    variance = np.var(image)
    across, down = image - np.roll(image, 1, axis=1), image - np.roll(image, 1, axis=0)
    return float(np.mean([across**2, down**2]) / variance) if variance > 0 else 0.0


def roughness__summed(image):
    """The squared differences were added, not averaged.

    A larger picture has more pairs and would be rougher for that reason alone. Take the mean.
    """
    across, down = _differences(image)
    variance = np.var(image)
    return float((np.sum(across**2) + np.sum(down**2)) / variance) if variance > 0 else 0.0


def roughness__square_root_taken(image):
    """A square root was taken at the end.

    The task asks for the ratio of the two squared measures as it is.
    """
    across, down = _differences(image)
    variance = np.var(image)
    return float(np.sqrt(np.mean(np.concatenate([across.ravel(), down.ravel()]) ** 2) / variance)) if variance > 0 else 0.0


def roughness__differences_variance(image):
    """The variance of the differences was taken, not the mean of their squares.

    A steady slope has differences that are all alike, so their variance is 0. But neighbours do differ
    on a slope, and the mean of the squares says so.
    """
    across, down = _differences(image)
    variance = np.var(image)
    return float(np.var(np.concatenate([across.ravel(), down.ravel()])) / variance) if variance > 0 else 0.0


def roughness__flat_is_not_a_number(image):
    """A picture of one single value gives 0 / 0.

    Its variance is 0, and so are all differences. It is as smooth as can be: return 0 in this case.
    """
    across, down = _differences(image)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.concatenate([across.ravel(), down.ravel()]) ** 2) / np.var(image))


def _smooth(hidden_units, *, start=None, spread=None, penalty=None, output_penalty=None, hidden="sigmoid"):
    import keras

    start = start or keras.initializers.RandomNormal(stddev=1 / 28 if spread is None else spread)
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(hidden_units, activation=hidden, kernel_initializer=start, kernel_regularizer=penalty),
        keras.layers.Dense(10, activation="softmax", kernel_regularizer=output_penalty),
    ])
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _l2(strength):
    import keras

    return keras.regularizers.L2(strength)


def build_smooth_mlp__default_start(hidden_units=30, l2=1e-4):
    """The hidden weights start as Keras starts them by itself.

    That is a good start too, but another one: its spread is √(2 / (784 + hidden)). The task asks for
    normal random numbers with standard deviation 1 / √784.
    """
    return _smooth(hidden_units, start="glorot_uniform", penalty=_l2(l2))


def build_smooth_mlp__standard_normal_start(hidden_units=30, l2=1e-4):
    """The hidden weights start with a standard deviation of 1.

    A sum of 784 of them is about 28 times as large, so the sigmoids start at one of their ends, where
    hardly anything is learned. Divide by the square root of the number of inputs.
    """
    return _smooth(hidden_units, spread=1.0, penalty=_l2(l2))


def build_smooth_mlp__root_forgotten(hidden_units=30, l2=1e-4):
    """The hidden weights start with a standard deviation of 1 / 784.

    The square root is missing. Random numbers partly cancel out, so a sum of 784 of them grows only like
    √784 = 28.
    """
    return _smooth(hidden_units, spread=1 / 784, penalty=_l2(l2))


def build_smooth_mlp__variance_for_spread(hidden_units=30, l2=1e-4):
    """The root was taken once too often.

    1 / 28 = 1 / √784 is the standard deviation already. What Keras calls stddev is not the variance.
    """
    return _smooth(hidden_units, spread=1 / 28**0.5, penalty=_l2(l2))


def build_smooth_mlp__no_penalty(hidden_units=30, l2=1e-4):
    """There is no penalty.

    The loss of this network does not depend on how large its weights are, so the start's noise stays.
    Give the hidden layer a kernel_regularizer.
    """
    return _smooth(hidden_units)


def build_smooth_mlp__l1_penalty(hidden_units=30, l2=1e-4):
    """The penalty is the sum of the absolute weights.

    That is L1. L2 adds up the *squares*: large weights cost much, small ones next to nothing.
    """
    import keras

    return _smooth(hidden_units, penalty=keras.regularizers.L1(l2))


def build_smooth_mlp__both_layers(hidden_units=30, l2=1e-4):
    """The output weights carry the penalty too.

    Only the hidden layer's weights are pictures, and only they are asked to be smooth. Leave the output
    layer as it was.
    """
    return _smooth(hidden_units, penalty=_l2(l2), output_penalty=_l2(l2))


def build_smooth_mlp__output_layer_only(hidden_units=30, l2=1e-4):
    """The penalty is on the output layer.

    The pictures that should become smooth are the hidden layer's weights, so the penalty belongs there.
    """
    return _smooth(hidden_units, output_penalty=_l2(l2))


def build_smooth_mlp__strength_ignored(hidden_units=30, l2=1e-4):
    """The strength of the penalty is not the one asked for.

    kernel_regularizer="l2" always takes 0.01. Hand the argument l2 on: keras.regularizers.L2(l2).
    """
    return _smooth(hidden_units, penalty="l2")


def build_smooth_mlp__another_activation(hidden_units=30, l2=1e-4):
    """The network does not answer as that of build_mlp would.

    Start and penalty are the only two changes. Hidden layer with sigmoid, output with softmax.
    """
    return _smooth(hidden_units, penalty=_l2(l2), hidden="relu")


# Task 2.8


def shuffle_pixels__a_new_order_for_each_picture(images, seed=0):
    """Every picture was shuffled in an order of its own.

    Then pixel 5 means something else in every picture, and no network can learn from that. Draw one
    order, and use it for all.
    """
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(image.ravel()).reshape(image.shape) for image in images])


def shuffle_pixels__pictures_shuffled(images, seed=0):
    """The pictures changed places, and their pixels stayed.

    rng.permutation and shuffle work along the first axis, which counts the pictures. Lay each picture out
    as a row, and shuffle the columns.
    """
    return np.random.default_rng(seed).permutation(images)


def shuffle_pixels__rows_only(images, seed=0):
    """Whole rows of pixels were moved.

    Within a row, neighbours are still neighbours. Lay each picture out as one row of height · width
    pixels before you shuffle.
    """
    return images[:, np.random.default_rng(seed).permutation(images.shape[1])]


def shuffle_pixels__columns_only(images, seed=0):
    """Whole columns of pixels were moved.

    Within a column, neighbours are still neighbours. Lay each picture out as one row of height · width
    pixels before you shuffle.
    """
    return images[:, :, np.random.default_rng(seed).permutation(images.shape[2])]


def shuffle_pixels__within_rows(images, seed=0):
    """Each pixel stayed in its row.

    Only the places within each row were exchanged. Every pixel should be free to go anywhere in the
    picture: lay each picture out as one row first.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(rng.random(images.shape[1:]), axis=1)
    return np.take_along_axis(images, np.broadcast_to(order, images.shape), axis=2)


def shuffle_pixels__left_flat(images, seed=0):
    """The pictures were left as rows.

    They come as (pictures, height, width) and should go out in the same shape. Cut the shuffled rows into
    pictures again.
    """
    rows = images.reshape(len(images), -1)
    return rows[:, np.random.default_rng(seed).permutation(rows.shape[1])]


def shuffle_pixels__never_the_same(images, seed=0):
    """The seed was not used: each call draws another order.

    Training and test pictures are shuffled in two calls. With two different orders they no longer fit
    together. Draw the order with np.random.default_rng(seed).
    """
    rows = images.reshape(len(images), -1)
    return rows[:, np.random.default_rng().permutation(rows.shape[1])].reshape(images.shape)


def shuffle_pixels__seed_ignored(images, seed=0):
    """Every seed gives the same order.

    A fixed number stands where the argument seed should be.
    """
    rows = images.reshape(len(images), -1)
    return rows[:, np.random.default_rng(0).permutation(rows.shape[1])].reshape(images.shape)


def shuffle_pixels__order_depends_on_the_count(images, seed=0):
    """The order changes with the number of pictures.

    Training and test pictures differ in number, and would get different orders. Let the order depend on the
    seed and the size of one picture only.
    """
    rows = images.reshape(len(images), -1)
    return rows[:, np.random.default_rng(seed + len(images)).permutation(rows.shape[1])].reshape(images.shape)


def shuffle_pixels__in_place(images, seed=0):
    """The pictures that were handed over have been changed.

    images[:] = … writes into the caller's array, and the unshuffled pictures are lost. Build a new array.
    """
    rows = images.reshape(len(images), -1)
    images[:] = rows[:, np.random.default_rng(seed).permutation(rows.shape[1])].reshape(images.shape)
    return images
