import type { DemoPerson } from './people.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

/** The page on which one chooses whom to be. No password: this issuer only ever listens on loopback. */
export function choosePersonPage(uid: string, people: readonly DemoPerson[]): string {
  const buttons = people
    .map(
      ({ id, name, office }) =>
        `<button name="person" value="${escapeHtml(id)}">${escapeHtml(name)}<small>${escapeHtml(office)}</small></button>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>接续 · 本机登录</title>
<style>
body { font: 16px/1.6 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
form { display: grid; gap: .5rem; }
button { font: inherit; padding: .6rem 1rem; text-align: left; cursor: pointer; }
small { float: right; color: #555; }
</style>
<h1>选择身份</h1>
<p>本机演示用的身份提供方：人员均为虚构，不设密码。</p>
<form method="post" action="/interaction/${escapeHtml(uid)}">
${buttons}
</form>
</html>`;
}
