"""`python -m pipeline` is the command `plantain`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
