// Seals or opens standard input with a stock age implementation: `peer.js seal RECIPIENT…`, `peer.js unseal IDENTITY`,
// `peer.js keys` (a fresh hybrid and a fresh classical identity with their recipients, as JSON).
import { buffer } from "node:stream/consumers";
import * as age from "age-encryption";

const [command, ...keys] = process.argv.slice(2);

async function transform() {
  if (command === "keys") {
    const identities = [await age.generateHybridIdentity(), await age.generateX25519Identity()];
    const recipients = await Promise.all(identities.map(age.identityToRecipient));
    return JSON.stringify({ identities, recipients });
  }
  const input = new Uint8Array(await buffer(process.stdin));
  if (command === "seal") {
    const encrypter = new age.Encrypter();
    keys.forEach((key) => encrypter.addRecipient(key));
    return encrypter.encrypt(input);
  }
  const decrypter = new age.Decrypter();
  keys.forEach((key) => decrypter.addIdentity(key));
  return decrypter.decrypt(input);
}

process.stdout.write(await transform());
