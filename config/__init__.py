"""Settings, secrets, products and the project folder. The only package that reads the environment."""
