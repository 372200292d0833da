# fish completion for rollout-mcp, which says itself what can stand at the cursor.
function __rollout_mcp_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    set -e words[1]
    set -l lines ($program __complete $words "$current" 2>/dev/null)
    switch "$lines[1]"
        case ''
        case ':files'
            __fish_complete_path "$current"
        case ':directories'
            __fish_complete_directories "$current" ''
        case '*'
            printf '%s\n' $lines
    end
end
complete -c rollout-mcp -f -a '(__rollout_mcp_complete)'
