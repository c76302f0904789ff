// Reads rendered YAML from standard input and holds each object to the schema of its kind. Argument: the folder node_modules.
// Writes a line for each object that does not fit, and for each kind that has no schema here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
const { parseAllDocuments } = createRequire(join(modules, '..', 'any.js'))('yaml');
const operators = {
  'keda.sh': '@kubernetes-models/keda/keda.sh',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
  'cert-manager.io': '@kubernetes-models/cert-manager/cert-manager.io',
};

async function schemaOf(apiVersion, kind) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const path = join(modules, operators[group] ?? join('kubernetes-models', group), version, `${kind}.js`);
  try {
    return (await import(pathToFileURL(path)))[kind];
  } catch {
    return undefined;
  }
}

for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  const object = document.toJS();
  const name = `${object.kind}/${object.metadata?.name}`;
  const Schema = await schemaOf(object.apiVersion, object.kind);
  if (!Schema) {
    console.log(`${name}: ${object.apiVersion} has no schema`);
    continue;
  }
  // kustomize breaks long values into lines, which Kubernetes ignores.
  if (object.kind === 'Secret') for (const key in object.data) object.data[key] = object.data[key].replace(/\s/g, '');
  try {
    new Schema(object).validate();
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}
