import { Argument, Command } from 'commander';

type Shell = 'bash' | 'zsh' | 'fish';

/**
 * Prints a script that completes commands, subcommands and options; made from the program itself, so that it
 * never lags behind.
 */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      '\nbash: source <(noema completion bash)\nzsh:  source <(noema completion zsh)\nfish: noema ' +
        'completion fish | source',
    )
    .action((shell: Shell) => {
      process.stdout.write(SCRIPT[shell](listWords(program)));
    });
}

/** Words that may follow each command path; the empty path is the program. */
export function listWords(program: Command): Map<string, string[]> {
  const words = new Map<string, string[]>();
  const globals = program.options.flatMap((o) => (o.long === undefined ? [] : [o.long]));
  const visit = (command: Command, path: readonly string[]): void => {
    const own =
      path.length === 0 ? [] : command.options.flatMap((o) => (o.long === undefined ? [] : [o.long]));
    words.set(path.join(' '), [...command.commands.map((c) => c.name()), ...own, ...globals, '--help']);
    for (const child of command.commands) visit(child, [...path, child.name()]);
  };
  visit(program, []);
  return words;
}

const cases = (words: Map<string, string[]>, line: (path: string, list: string) => string): string =>
  [...words].map(([path, list]) => line(path, list.join(' '))).join('\n');

const SCRIPT: Readonly<Record<Shell, (words: Map<string, string[]>) => string>> = {
  bash: (words) => `_noema() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || path="\${path:+$path }$word"
  done
  local list
  case "$path" in
${cases(words, (path, list) => `    "${path}") list="${list}" ;;`)}
    *) list="" ;;
  esac
  COMPREPLY=($(compgen -W "$list" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [[ \${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _noema noema
`,
  zsh: (words) => `#compdef noema
_noema() {
  local path="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] || path="\${path:+$path }$word"
  done
  case "$path" in
${cases(words, (path, list) => `    "${path}") compadd -- ${list} ;;`)}
    *) _files ;;
  esac
}
compdef _noema noema
`,
  fish: (words) => `function __noema_path
  set -l path
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; or set -a path $word
  end
  string join ' ' $path
end
${cases(words, (path, list) => `complete -c noema -n 'test (__noema_path | string collect) = "${path}"' -a '${list}'`)}
`,
};
