"""The trained models of the project, trained again from nothing: `make models`."""
