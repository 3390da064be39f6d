size() { # NAME VALUE
    case ${2%[kKmMgG]} in
        '' | *[!0-9]* | 0?* | ??????????*) refuse "$1 has to be a size: nine digits at most, with k, m or g behind them if need be" ;;
    esac
}
