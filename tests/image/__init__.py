"""The base image proven by running it, with buildah and podman: `make test-image`.

`S6KIT_IMAGE` names an image that is there already and is to be proven instead; else one is built from
base-image/Dockerfile as it stands, see `build`.
"""
