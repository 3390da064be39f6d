#!/bin/sh
# When all services have ended s6-svscan becomes this: the container ends with the code that an essential
# service has left, or 0.

code=0
[ ! -r .s6-svscan/exit-code ] || read -r code <.s6-svscan/exit-code
rm -f .s6-svscan/exit-code
exit "$code"
