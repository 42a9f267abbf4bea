"""What files of settings state that bears on the gate, as flat facts, format by format and tool by tool."""
