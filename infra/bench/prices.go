package main

// Prices in US dollars, of the region eu-central-1, on demand, without any free tier. Their source is AWS's public price
// pages (aws.amazon.com: dynamodb/pricing/on-demand, s3/pricing, kms/pricing, lambda/pricing). They change, and nothing here
// asks for them; what they are multiplied with is counted.
const (
	million = 1e6

	priceWrite      = 0.7625 / million // DynamoDB, a write request unit
	priceRead       = 0.1525 / million // DynamoDB, a read request unit
	pricePut        = 0.0054 / 1000    // S3 Standard: PUT, LIST
	priceGet        = 0.00043 / 1000   // S3 Standard: GET
	priceSignature  = 0.15 / 10_000    // KMS, an asymmetric request of a key that is not RSA 2048
	priceDecryption = 0.03 / 10_000    // KMS, any other request
	priceKey        = 1.0              // KMS, a key and month
	priceCall       = 0.20 / million   // Lambda, a request
	priceGBs        = 0.0000133334     // Lambda on arm64, a GB and second
)

const (
	memory = 0.5  // GB of a function, as template.yaml has it
	waits  = 0.02 // seconds that a function waits for a call of AWS, as if it made one after another; an assumption
)
