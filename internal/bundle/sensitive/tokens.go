package sensitive

// token is a credential that says what it is by how it begins.
type token struct {
	prefix      string
	least, most int // bytes behind the prefix
	body        charset
	kind        Kind
	why, source string
}

// The credentials. The lengths are those that the issuers' own scanners use; where an issuer gives none, the least is
// what has been seen.
var tokens = []token{
	{"AKIA", 16, 16, upperDigits, AWSKey, "an access key of an AWS user", "AWS IAM reference: unique identifiers"},
	{"ASIA", 16, 16, upperDigits, AWSKey, "a temporary access key of AWS", "AWS IAM reference: unique identifiers"},
	{"ghp_", 36, 255, word, Token, "a personal access token of GitHub", "GitHub docs: token formats"},
	{"gho_", 36, 255, word, Token, "an OAuth token of GitHub", "GitHub docs: token formats"},
	{"ghu_", 36, 255, word, Token, "a GitHub app's token for a user", "GitHub docs: token formats"},
	{"ghs_", 36, 255, word, Token, "a GitHub app's token for an installation", "GitHub docs: token formats"},
	{"ghr_", 36, 255, word, Token, "a GitHub app's refresh token", "GitHub docs: token formats"},
	{"github_pat_", 22, 255, word, Token, "a fine-grained token of GitHub", "GitHub docs: token formats"},
	{"glpat-", 20, 255, urlSafe, Token, "a personal access token of GitLab", "GitLab docs: token prefixes"},
	{"gldt-", 20, 255, urlSafe, Token, "a deploy token of GitLab", "GitLab docs: token prefixes"},
	{"glrt-", 20, 255, urlSafe, Token, "a runner's token of GitLab", "GitLab docs: token prefixes"},
	{"xoxb-", 10, 255, urlSafe, Token, "a Slack bot's token", "Slack docs: token types"},
	{"xoxp-", 10, 255, urlSafe, Token, "a Slack user's token", "Slack docs: token types"},
	{"xoxa-", 10, 255, urlSafe, Token, "a Slack workspace token", "Slack docs: token types"},
	{"xoxr-", 10, 255, urlSafe, Token, "a Slack refresh token", "Slack docs: token types"},
	{"xoxe.", 10, 255, dotted, Token, "a Slack token that rotates", "Slack docs: token rotation"},
	{"xapp-", 10, 255, urlSafe, Token, "a Slack app's token", "Slack docs: token types"},
	{"hooks.slack.com/services/", 20, 100, base64Body, Token, "a Slack address that anybody can post to", "Slack docs: incoming webhooks"},
	{"ATATT3x", 20, 400, tokenBody, Token, "an API token of an Atlassian account", "Atlassian docs: API tokens"},
	{"ATCTT3x", 20, 400, tokenBody, Token, "an access token of Bitbucket Cloud", "Atlassian docs: access tokens"},
	{"ATBB", 20, 60, alnum, Token, "an app password of Bitbucket Cloud", "Atlassian docs: app passwords"},
	{"BBDC-", 40, 48, base64Body, Token, "a personal access token of Bitbucket Data Center", "Atlassian docs: HTTP access tokens"},
	{"AIza", 35, 35, urlSafe, Token, "an API key of Google", "Google Cloud docs: API keys"},
	{"ya29.", 20, 400, urlSafe, Token, "an OAuth token of Google", "Google Cloud docs: token types"},
	{"npm_", 36, 36, alnum, Token, "an npm token", "npm docs: access tokens"},
	{"sk_live_", 16, 255, word, Token, "a secret key of Stripe", "Stripe docs: API keys"},
	{"rk_live_", 16, 255, word, Token, "a restricted key of Stripe", "Stripe docs: API keys"},
	{"sk_test_", 16, 255, word, Token, "a test key of Stripe", "Stripe docs: API keys"},
	{"SG.", 60, 80, dotted, Token, "an API key of SendGrid", "SendGrid docs: API keys"},
	{"hvs.", 20, 200, urlSafe, Token, "a service token of Vault", "Vault docs: tokens"},
	{"dop_v1_", 64, 64, alnum, Token, "a token of DigitalOcean", "DigitalOcean docs: personal access tokens"},
	{"AGE-SECRET-KEY-1", 58, 58, upperDigits, PrivateKey, "a key that opens age files", "C2SP age specification"},
}

// credential checks what a token's prefix begins.
func credential(t token) look {
	return func(v *view, end int) {
		start := end - len(t.prefix)
		if v.is(start-1, word) && v.is(start, word) {
			return
		}
		stop := v.over(end, t.body)
		stop = v.trimmed(end, stop)
		if n := stop - end; n >= t.least && n <= t.most && (t.most > t.least || !v.is(stop, t.body)) {
			v.report(t.kind, start, stop)
		}
	}
}
