#!/bin/sh
# What the hooks of coding agents call: `agent-hook AGENT EVENT`, the event on standard input. It hands over to the
# qualitygate of this clone. Written by `qualitygate bootstrap`; where that is missing it stands in nobody's way.
git=.git
if [ ! -d .git ]; then # a linked worktree, or a folder below the root
    git=$(git rev-parse --path-format=absolute --git-common-dir 2> /dev/null)
fi
python=
package=
if [ -f "$git/qualitygate/where" ]; then
    . "$git/qualitygate/where"
fi
if [ -x "$python" ] && [ -f "$package/agent_hook.py" ]; then
    exec "$python" -I -S "$package/agent_hook.py" "$@"
elif command -v qualitygate > /dev/null 2>&1; then
    exec qualitygate hook "$@"
elif [ "$2" = start ]; then
    echo "This repository has a quality gate that is not installed in this clone. Tell the person you work for:"
    echo "pip install qualitygate-toolkit && qualitygate install"
fi
