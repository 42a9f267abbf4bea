#!/bin/sh
# qualitygate for the hooks of coding agents in this clone. `qualitygate install` writes it.
python=@PYTHON@
package=@PACKAGE@
if [ -x "$python" ] && [ -f "$package/agent_hook.py" ]; then
    exec "$python" -I -S "$package/agent_hook.py" "$@"
elif command -v qualitygate > /dev/null 2>&1; then
    exec qualitygate hook "$@"
elif [ "$2" = start ]; then
    echo "The quality gate of this clone is not here any more. Tell the person you work for:"
    echo "pip install qualitygate-toolkit && qualitygate install"
fi
