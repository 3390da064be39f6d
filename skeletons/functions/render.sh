# The variables that a template may name, and those of them that hold several words.
names='{{names}}'
lists='{{lists}}'

filled() { # SOURCE...: the sources, with values for ${NAME}
    LC_ALL=C awk -v names="$names" -v lists="$lists" -f data/render.awk "$@"
}

render() { # FILE MODE SOURCE...: the sources, filled, become FILE; whole or not at all
    file=$1 mode=$2
    shift 2
    problem=$({ fresh "$file" "$mode" && filled "$@" >"$file.new" && mv -f "$file.new" "$file"; } 2>&1) && return
    rm -f "$file.new" 2>/dev/null
    # Where nothing can be written it may be there already, from when the image was built.
    if ! text=$(filled "$@" 2>/dev/null) || [ "$text" != "$(cat "$file" 2>/dev/null)" ]; then
        refuse "unable to write $file: $problem"
    fi
}
