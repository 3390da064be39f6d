#!/bin/sh
# Keeps what {{name}} writes, ten files of 1 MB at the most, and passes it on to the container's output.

exec s6-log 1 n10 s1000000 T /var/log/{{name}}
