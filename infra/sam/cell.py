"""Asks a running local cell what its functions are told.

Writes the file that `sam local invoke --env-vars` takes, and prints the region and the credentials as shell exports.
"""

import json
import shlex
import sys
import urllib.request

import boto3

cell, env_file = sys.argv[1:]
with urllib.request.urlopen(cell + "/dev/aws") as answer:
    aws = json.load(answer)

functions = boto3.client(
    "lambda",
    endpoint_url=aws["endpoint"],
    region_name=aws["region"],
    aws_access_key_id=aws["accessKeyId"],
    aws_secret_access_key=aws["secretAccessKey"],
).list_functions()["Functions"]
told = {
    f["FunctionName"].rsplit("-", 1)[-1].capitalize() + "Function": f.get("Environment", {}).get("Variables", {})
    for f in functions
}
with open(env_file, "w") as file:
    json.dump(told, file)

for name, value in {
    "AWS_REGION": aws["region"],
    "AWS_ACCESS_KEY_ID": aws["accessKeyId"],
    "AWS_SECRET_ACCESS_KEY": aws["secretAccessKey"],
}.items():
    print(f"export {name}={shlex.quote(value)}")
