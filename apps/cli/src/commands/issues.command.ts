import { Command, Option } from 'commander';
import {
  type Issue,
  IssueLabelSchema,
  IssueSchema,
  IssueState,
} from '@noema/contracts/noema/quality/v1/issue';
import { IssueCommentSchema } from '@noema/contracts/noema/quality/v1/issue_comment';
import { allPages, plainText } from '@noema/kernel';
import type { CommandContext } from './command-context.js';
import { printList, printOne, stateName, when } from './resource-output.js';
import { action } from './runner.js';

interface ListOptions {
  readonly state: 'open' | 'closed' | 'all';
  readonly label: readonly string[];
}

interface CreateOptions {
  readonly text: string;
  readonly assignee: string;
  readonly label: readonly string[];
  readonly slice?: string;
  readonly testResult?: string;
}

interface LabelOptions {
  readonly remove: boolean;
}

interface CommentOptions {
  readonly mention: readonly string[];
  readonly link: string;
}

export function issuesCommand(): Command {
  const issues = new Command('issues').description('problems of models and of data');
  issues
    .command('list')
    .description('list the issues of the project, the newest first')
    .addOption(
      new Option('--state <state>', 'state of the issues').choices(['open', 'closed', 'all']).default('open'),
    )
    .option('--label <name...>', 'labels that the issues have, all of them', [])
    .action(action(list));
  issues
    .command('create <title>')
    .description('create an issue')
    .option('--text <text>', 'text', '')
    .option('--assignee <id>', 'member that works on it', '')
    .option('--label <name...>', 'labels', [])
    .addOption(new Option('--slice <id>', 'slice that it is about').conflicts('testResult'))
    .option('--test-result <id>', 'result of a failed test that it is about')
    .action(action(create));
  issues
    .command('close <id>')
    .description('close an issue')
    .action(
      action(async (context: CommandContext, id: string) => {
        const { issues: service } = await context.connect();
        const { issue } = await service.updateIssue({
          issue: { id, state: IssueState.CLOSED },
          updateMask: { paths: ['state'] },
        });
        print(context, issue!);
      }),
    );
  issues
    .command('label <id> <name...>')
    .description('add labels to an issue')
    .option('--remove', 'remove the labels instead', false)
    .action(action(label));
  issues
    .command('labels')
    .description('list the labels of the issues of the project')
    .action(action(listLabels));
  issues
    .command('comment <id> <text>')
    .description('comment on an issue')
    .option('--mention <id...>', 'members that the comment mentions', [])
    .option('--link <path>', 'path of a view of the page', '')
    .action(action(comment));
  issues
    .command('change-comment <comment> <text>')
    .description('change the text of an own comment')
    .action(
      action(async ({ terminal, connect }: CommandContext, id: string, text: string) => {
        const { issueComment } = await (await connect()).issueComments.updateIssueComment({
          issueComment: { id, text },
          updateMask: { paths: ['text'] },
        });
        printOne(terminal, IssueCommentSchema, issueComment!, { id, text: issueComment!.text });
      }),
    );
  return issues;
}

async function list(context: CommandContext, { state, label: labels }: ListOptions): Promise<void> {
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const filter = state === 'all' ? '' : `state = ${state}`;
  const issues = await allPages(
    (pageToken) =>
      noema.issues.listIssues({ projectId, filter, labels: [...labels], pageSize: 1000, pageToken }),
    (page) => page.issues,
  );
  printList(context.terminal, IssueSchema, issues, [
    { heading: 'ID', value: ({ id }) => id },
    { heading: 'STATE', value: (issue) => stateName(IssueState, issue.state) },
    { heading: 'TITLE', value: ({ displayName, draft }) => (draft ? `${displayName} (draft)` : displayName) },
    { heading: 'CREATED', value: ({ createTime }) => when(createTime) },
    { heading: 'LABELS', value: ({ labels }) => plainText(labels.join(', ')) },
  ]);
}

async function label(
  context: CommandContext,
  id: string,
  names: readonly string[],
  { remove }: LabelOptions,
): Promise<void> {
  const { issues: service } = await context.connect();
  const { labels, etag } = (await service.getIssue({ issueId: id })).issue!;
  const { issue } = await service.updateIssue({
    // The etag refuses to overwrite labels that somebody else has changed meanwhile.
    issue: {
      id,
      etag,
      labels: remove ? labels.filter((one) => !names.includes(one)) : [...labels, ...names],
    },
    updateMask: { paths: ['labels'] },
  });
  print(context, issue!);
}

async function listLabels(context: CommandContext): Promise<void> {
  const noema = await context.connect();
  const projectId = await context.projectId(noema);
  const { issueLabels } = await noema.issues.listIssueLabels({ projectId });
  printList(context.terminal, IssueLabelSchema, issueLabels, [
    { heading: 'LABEL', value: ({ name }) => plainText(name) },
    { heading: 'OPEN', value: ({ openIssues }) => openIssues, align: 'right' },
    { heading: 'ALL', value: ({ issues }) => issues, align: 'right' },
  ]);
}

async function create(context: CommandContext, title: string, options: CreateOptions): Promise<void> {
  const noema = await context.connect();
  const { text, assignee: assigneeId, label: labels, slice, testResult } = options;
  const { issue } = await noema.issues.createIssue({
    projectId: await context.projectId(noema),
    displayName: title,
    text,
    assigneeId,
    labels: [...labels],
    ...(slice !== undefined && { subject: { case: 'sliceId', value: slice } }),
    ...(testResult !== undefined && { subject: { case: 'testResultId', value: testResult } }),
  });
  print(context, issue!);
}

async function comment(
  { terminal, connect }: CommandContext,
  issueId: string,
  text: string,
  { mention, link }: CommentOptions,
): Promise<void> {
  const { issueComment } = await (await connect()).issueComments.createIssueComment({
    issueId,
    text,
    link,
    mentionedMemberIds: [...mention],
  });
  printOne(terminal, IssueCommentSchema, issueComment!, { id: issueComment!.id, text: issueComment!.text });
}

const print = ({ terminal }: CommandContext, issue: Issue): void =>
  printOne(terminal, IssueSchema, issue, {
    id: issue.id,
    title: issue.displayName,
    state: stateName(IssueState, issue.state),
    ...(issue.labels.length > 0 && { labels: issue.labels.join(', ') }),
  });
