"""The pages of the window. A view gets a `Desk`, asks the worker for data, and never touches a session itself."""
