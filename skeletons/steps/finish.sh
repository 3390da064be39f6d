#!/bin/sh
# {{name}} has ended: $1 is its exit code, or 256 if the signal $2 killed it.

{{steps}}
