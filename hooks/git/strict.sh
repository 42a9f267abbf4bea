#!/bin/sh
# qualitygate git hook. `qualitygate install --strict` writes it, `qualitygate uninstall` takes it away.
# A branch may move to commits that no branch has yet only where the gate has seen the tree. Records are looked up, no
# check runs. Deleted branches, HEAD, the stash, notes and what is fetched are none of its business.
hook=@HOOK@
here=${0%/*}
earlier=@EARLIER@
[ "$1" = prepared ] || [ -x "$earlier" ] || exit 0
input=
moved=
fetched=
while read -r old new ref; do
    input="$input$old $new $ref
"
    case $new in ref:* | *[!0-9a-f]*) continue ;; esac
    case $new in *[!0]*) ;; *) continue ;; esac
    case $ref in
    refs/heads/*) [ "$old" = "$new" ] || moved="$moved $new,$ref" ;;
    refs/remotes/*) fetched="$fetched $new" ;;
    esac
done
if [ -x "$earlier" ]; then
    printf '%s' "$input" | "$earlier" "$@" || exit $?
fi
[ "$1" = prepared ] && [ -n "$moved" ] || exit 0
asked=
for one in $moved; do
    commit=${one%%,*}
    if [ -n "$(git rev-list --max-count=1 "$commit" --not --branches --remotes $fetched 2> /dev/null)" ]; then
        asked="$asked $one"
    fi
done
[ -n "$asked" ] || exit 0
@WHERE@
program=$package/strict_hook.py
if [ ! -x "$python" ] || [ ! -f "$program" ]; then
    echo "warning: qualitygate is not here any more: this branch moves unseen; qualitygate install" >&2
    exit 0 # a gate that is broken must not keep git from working
fi
for one in $asked; do
    commit=${one%%,*}
    parent=
    if git cat-file -e "$commit~:qualitygate.toml" 2> /dev/null; then parent=gated; fi
    if [ -z "$parent" ] && ! git cat-file -e "$commit:qualitygate.toml" 2> /dev/null; then
        continue # a branch without a gate, before or beside it
    fi
    detached=
    git symbolic-ref -q HEAD > /dev/null || detached=detached
    "$python" -I -S "$program" "$(git rev-parse --git-dir)" "$(git rev-parse --git-common-dir)" \
        "${one#*,}" "$commit" "$(git rev-parse "$commit^{tree}")" $detached
    [ $? -ne 1 ] || exit 1
done
exit 0
