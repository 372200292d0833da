// What a person does on the Inspector's web page, and what it then shows.

import assert from 'node:assert/strict';

export class InspectorPage {
  constructor(page) {
    this.page = page;
    this.main = page.locator('main');
  }

  // Connects, and makes room: what went to and fro is not looked at.
  async connect() {
    await this.page.getByRole('switch', { name: /^Connect or disconnect "rollout-mcp"/ }).press('Space');
    await this.page.getByRole('button', { name: 'Close monitoring sidebar' }).click();
    await this.page.getByText('Tools', { exact: true }).click();
    await this.main.getByRole('heading', { name: /^Tools \(\d+\)/ }).waitFor();
  }

  // The names of the tools that are listed.
  async tools() {
    const buttons = await this.main.getByRole('button').filter({ has: this.page.locator('p:nth-of-type(2)') }).all();
    return Promise.all(buttons.map((button) => button.locator('p').nth(1).innerText()));
  }

  // Opens a tool's form: then its title is there as well as in the list.
  async choose({ name, title }) {
    await this.main.getByRole('button', { name: `${title} ${name}`, exact: true }).click();
    await this.main.getByText(title, { exact: true }).nth(1).waitFor();
    await this.#execute().waitFor();
  }

  // Fills the field of an argument, whose schema says of what kind it is.
  async fill(name, { type, enum: choices }, value) {
    if (type === 'boolean') {
      await this.main.getByRole('checkbox', { name, exact: true }).setChecked(value);
    } else if (type === 'array') {
      await this.main.getByRole('textbox', { name: new RegExp(`^${name}, `) }).focus();
      await this.page.keyboard.press('ControlOrMeta+A');
      await this.page.keyboard.insertText(JSON.stringify(value));
    } else if (choices !== undefined) {
      await this.main.getByRole('textbox', { name, exact: true }).click();
      await this.page.getByRole('option', { name: value, exact: true }).click();
    } else {
      await this.main.getByRole('textbox', { name, exact: true }).fill(String(value));
    }
  }

  // The arguments that the filled form stands for; the form is there again afterwards.
  async argumentsAsJson() {
    const asJson = this.main.getByRole('switch', { name: 'Edit as JSON' });
    await asJson.press('Space');
    const editor = this.main.locator('.ace_editor', { has: this.page.getByRole('textbox', { name: /^Arguments JSON/ }) });
    await editor.waitFor();
    const json = JSON.parse(await textOf(editor));
    await asJson.press('Space');
    await editor.waitFor({ state: 'detached' });
    return json;
  }

  // Calls the chosen tool.
  execute() {
    return this.#execute().click();
  }

  // The toast with the progress of the call.
  progress() {
    return this.page.getByRole('alert').filter({ hasText: 'Tool progress' });
  }

  // Closes the toasts of earlier calls.
  async forgetProgress() {
    while ((await this.progress().count()) > 0) {
      // It may close by itself meanwhile.
      await this.progress().first().getByRole('button').click({ timeout: 1000 }).catch(() => {});
    }
  }

  // What the page shows of the call's result: its text and its structured output. Closes it unless it is to stay.
  async result({ stays = false } = {}) {
    const close = this.main.getByRole('button', { name: 'Close results' });
    await close.waitFor();
    const editor = this.#results().locator('.ace_editor').first();
    await editor.waitFor();
    const content = await this.#results().innerText();
    const structuredContent = JSON.parse(await textOf(editor));
    if (!stays) await close.click();
    return { content, structuredContent };
  }

  picture(path) {
    return this.page.screenshot({ path, animations: 'disabled' });
  }

  async call(tool, args) {
    await this.choose(tool);
    for (const [name, value] of Object.entries(args)) await this.fill(name, tool.inputSchema.properties[name], value);
    await this.execute();
    return this.result();
  }

  #execute() {
    return this.main.getByRole('button', { name: 'Execute Tool' });
  }

  #results() {
    return this.main.getByRole('heading', { name: 'Results' }).locator('xpath=ancestor::*[contains(., "Structured Output")][1]');
  }
}

// The whole text of an editor, which draws only the lines that are in sight.
async function textOf(editor) {
  const text = await editor.evaluate((element) => element.env.document.getValue());
  assert.notEqual(text, '');
  return text;
}
