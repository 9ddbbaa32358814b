"""Tables of measurements that ship with the models, and what is read from them."""
