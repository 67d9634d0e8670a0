// A real OpenID provider on loopback: certified code (oidc-provider), accounts of our own, one client or several.
// Reads one JSON object from standard input: { port, redirectUris, clients: [{ id, secret }], accounts: { name: claims } }.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider, { interactionPolicy } from 'oidc-provider';

let given = '';
for await (const chunk of process.stdin) given += chunk;
const { port, redirectUris, clients, accounts } = JSON.parse(given);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

// On a computer that several people use, whose account it is has to be chosen each time.
const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const provider = new Provider(issuer, {
  clients: clients.map(({ id, secret }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  })),
  jwks: { keys: [{ ...key, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomBytes(24).toString('hex')] },
  // As Microsoft and Google do it: who somebody is comes in the ID token itself.
  conformIdTokenClaims: false,
  claims: { openid: ['sub', 'oid', 'tid', 'hd'], profile: ['name'], email: ['email'] },
  findAccount: (_, name) =>
    accounts[name] && { accountId: name, claims: () => ({ sub: name, ...accounts[name] }) },
  pkce: { required: () => true, methods: ['S256'] },
  features: { devInteractions: { enabled: false } },
  interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
});
const answer = provider.callback();

createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (!pathname.startsWith('/interaction/')) return answer(request, response);
  try {
    const { params } = await provider.interactionDetails(request, response);
    const name = searchParams.get('login');
    if (name === null) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(
        `<h1>Who are you?</h1>${Object.keys(accounts)
          .map((one) => `<p><a href="?login=${encodeURIComponent(one)}">${one}</a></p>`)
          .join('')}`,
      );
    }
    const grant = new provider.Grant({ accountId: name, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const result = { login: { accountId: name }, select_account: {}, consent: { grantId: await grant.save() } };
    return await provider.interactionFinished(request, response, result);
  } catch (problem) {
    response.statusCode = 400;
    return response.end(`${problem.name}: ${problem.message}`);
  }
}).listen(port, '127.0.0.1', () => console.log(`ready at ${issuer}`));
