// provider.mjs: an identity provider for tests: whoever /who/NAME names signs in without being asked
//
// SPDX-License-Identifier: GPL-3.0-or-later
import crypto from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const logout = process.argv[3];
const algorithms = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}] };
const keys = Object.entries(algorithms).map(([alg, [type, options]]) => ({
  ...crypto.generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg }));
let who = 'nobody';

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: Object.keys(algorithms).map((alg) => ({
    client_id: `wattle-${alg}`, application_type: 'native', token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/back'], grant_types: ['authorization_code'], response_types: ['code'],
    id_token_signed_response_alg: alg, backchannel_logout_uri: logout })),
  jwks: { keys },
  pkce: { methods: ['S256'], required: () => true },
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({
    sub: id, email: `${id}@banksia.example`, email_verified: !id.startsWith('unknown-') }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
});

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: who } });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid email');
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true });
}

const serve = provider.callback();
http.createServer((request, response) => {
  if (request.url.startsWith('/who/')) {
    who = request.url.slice(5);
    response.end();
  } else if (request.url.startsWith('/interaction/')) {
    interact(request, response).catch((problem) => { response.statusCode = 500; response.end(String(problem)); });
  } else {
    serve(request, response);
  }
}).listen(port, '127.0.0.1', () => console.log('listening'));
