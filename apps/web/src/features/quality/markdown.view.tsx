import { Anchor, Blockquote, Code, List, Table, Text, Title } from '@mantine/core';
import { marked, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode, useMemo } from 'react';
import { Link } from 'react-router-dom';
import { readViewLink } from './view-link.js';
import classes from './issues.module.css';

/**
 * Markdown as React elements. HTML stays text, pictures become links, and a link leads to a view of this page or by
 * http to another site.
 */
export function MarkdownView({ text }: { text: string }) {
  const tokens = useMemo(() => marked.lexer(text, { gfm: true, breaks: true }), [text]);
  return <div className={classes.markdown}>{render(tokens)}</div>;
}

const render = (tokens: readonly Token[] | undefined): ReactNode =>
  tokens?.map((token, at) => <Fragment key={at}>{renderToken(token)}</Fragment>);

function renderToken(token: Token): ReactNode {
  const inner = 'tokens' in token ? render(token.tokens) : undefined;
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return (
        <Title order={4} size="h5">
          {inner}
        </Title>
      );
    case 'paragraph':
      return (
        <Text size="sm" component="p">
          {inner}
        </Text>
      );
    case 'text':
      return inner ?? (token as Tokens.Text).raw;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'strong':
      return <strong>{inner}</strong>;
    case 'em':
      return <em>{inner}</em>;
    case 'del':
      return <del>{inner}</del>;
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'codespan':
      return <Code>{(token as Tokens.Codespan).text}</Code>;
    case 'code':
      return <Code block>{(token as Tokens.Code).text}</Code>;
    case 'blockquote':
      return <Blockquote p="sm">{inner}</Blockquote>;
    case 'link':
    case 'image':
      return <LinkView href={(token as Tokens.Link).href}>{inner ?? (token as Tokens.Image).text}</LinkView>;
    case 'list':
      return <ListView list={token as Tokens.List} />;
    case 'table':
      return <TableView table={token as Tokens.Table} />;
    default:
      return token.raw;
  }
}

function LinkView({ href, children }: { href: string; children: ReactNode }) {
  const view = readViewLink(href, window.location.origin);
  if (view !== undefined)
    return (
      <Anchor component={Link} to={view} inherit underline="always">
        {children}
      </Anchor>
    );
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return children;
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer nofollow" inherit underline="always">
      {children}
    </Anchor>
  );
}

const ListView = ({ list: { ordered, items } }: { list: Tokens.List }) => (
  <List type={ordered ? 'ordered' : 'unordered'} size="sm">
    {items.map((item, at) => (
      <List.Item key={at}>{render(item.tokens)}</List.Item>
    ))}
  </List>
);

const TableView = ({ table: { header, rows } }: { table: Tokens.Table }) => (
  <Table withTableBorder fz="sm" w="auto">
    <Table.Thead>
      <Table.Tr>
        {header.map(({ tokens }, at) => (
          <Table.Th key={at}>{render(tokens)}</Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {rows.map((row, at) => (
        <Table.Tr key={at}>
          {row.map(({ tokens }, place) => (
            <Table.Td key={place}>{render(tokens)}</Table.Td>
          ))}
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);
