# Written from scratch at every start, unless {{variable}}_SKIP_SETUP says that somebody else does it.
if [ "${{{variable}}_SKIP_SETUP:-0}" = 0 ]; then
{{writes}}
fi
