"""The command line ``kombo-fakes``: a module for each command, and what the commands share."""
