"""The provider doctor: named checks of a project's connection, each with the way out."""
