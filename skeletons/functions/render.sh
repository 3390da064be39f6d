# The variables that a template may name, and those of them that hold several words.
names='{{names}}'
lists='{{lists}}'

render() { # FILE MODE SOURCE...: the sources, with values for ${NAME}, become FILE; whole or not at all
    file=$1 mode=$2
    shift 2
    problem=$({
        fresh "$file" "$mode" &&
            LC_ALL=C awk -v names="$names" -v lists="$lists" -f data/render.awk "$@" >"$file.new" && mv -f "$file.new" "$file"
    } 2>&1) || refuse "unable to write $file: $problem"
}
