"""What runs a model's step without torch: NumPy, and ONNX Runtime in single precision or with weights of 8 bits.

A step is written once, as a `StepProgram` (one file per model in `programs`), from the weights' arrays and the cells'
own equations. `numbers` runs it on NumPy, `graph` writes it down as an ONNX graph, `session` runs that; `choice`
measures and picks. Nothing here imports torch, and `onnx` and `onnxruntime` are imported when they are first needed.
"""
