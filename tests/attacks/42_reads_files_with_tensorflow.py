"""Reads and writes files through TensorFlow and Keras rather than Python: tf.io, py_function, get_file, a data pipeline.

Loses: 1.7
Stopped by: B
Keras: yes
Process: not promised: TensorFlow reads and writes as the grader's user
"""


def conv_layer(kernels):
    import keras
    import tensorflow as tf

    seen = []
    for read in (lambda: tf.io.read_file("@HOME@/.token"), lambda: tf.io.read_file("@ROOT@/solutions/lesson_01_pixels_and_filters.py"),
                 lambda: tf.io.gfile.listdir("@ROOT@"), lambda: list(tf.data.TextLineDataset("@HOME@/.token")),
                 lambda: tf.py_function(lambda: open("@HOME@/.token").read(), [], tf.string),
                 lambda: keras.utils.get_file("token", "file://@HOME@/.token"),
                 lambda: tf.io.write_file("@HOME@/planted-tf", "x"), lambda: tf.io.write_file("@ROOT@/planted-tf", "x"),
                 lambda: tf.summary.create_file_writer("@HOME@/planted-tf-logs").set_as_default()):
        try:
            seen.append(str(read()))
        except Exception:
            pass
    raise ValueError(seen)
