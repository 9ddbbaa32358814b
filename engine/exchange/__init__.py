"""Networks that come from elsewhere and go elsewhere: weights recognised by the names and shapes of their tensors, and
a model folder as a zip, an ONNX graph or a repository on the Hub."""
