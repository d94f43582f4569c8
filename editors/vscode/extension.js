// Starts `gewu lsp` and hands every Gewu text to it.

const { env, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async function activate() {
  const settings = workspace.getConfiguration("gewu");
  const server = { command: settings.get("command"), args: ["lsp"] };
  client = new LanguageClient("gewu", "格物 Gewu", server, {
    documentSelector: [{ language: "gewu" }],
    initializationOptions: { language: settings.get("language") || env.language },
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/{*.gewu,pack.toml}") },
  });
  await client.start();
};

exports.deactivate = () => client?.stop();
