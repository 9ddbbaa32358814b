"""The steps of models, one file each, registered under the model's name in config.json."""
