# The container stops with it and has its exit code, unless s6 itself was told to stop it.
[ "$(s6-svstat -o wantedup .)" = true ] || exit 0
code=$1
[ "$code" -lt 256 ] || code=$((128 + $2))
[ -e ../.s6-svscan/exit-code ] || echo "$code" >../.s6-svscan/exit-code
s6-svscanctl -t ..
