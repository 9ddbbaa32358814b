"""The engine of Unrolled: recurrent networks that read, write and translate, without any user interface."""
