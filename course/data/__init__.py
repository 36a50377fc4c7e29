"""Pictures for the lessons. Each module loads one kind; none imports TensorFlow until it must."""
