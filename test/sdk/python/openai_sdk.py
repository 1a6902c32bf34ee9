"""The official Python package against a gateway: one line per check, exit code 1 if any failed.

Usage: openai_sdk.py BASE_URL API_KEY. The models it asks for are scripted by test/sdk/python.test.ts.
"""

import asyncio
import json
import sys

import openai
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

BASE_URL, API_KEY = sys.argv[1:3]
client = OpenAI(base_url=BASE_URL, api_key=API_KEY)
HI = [{"role": "user", "content": "Grüße, 世界 🌍!"}]
ANSWER = "You said: Grüße, 世界 🌍!"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
]
DEGREES = {"Paris": "21", "Oslo": "7"}
CHECKS = []


class Weather(BaseModel):
    city: str
    degrees: int


def check(function):
    CHECKS.append(function)
    return function


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def ask(model="gpt", using=client, **rest):
    return using.chat.completions.create(model=model, messages=HI, **rest)


def error_of(kind, call):
    """The error of a call, after what must hold for every one of them."""
    try:
        call()
    except openai.APIStatusError as error:
        equal(type(error), kind)
        equal(error.request_id.startswith("req_"), True)
        for secret in (API_KEY, "sk-upstream", "upstream:"):
            equal(secret in f"{error.message}{error.body}", False)
        return error
    raise AssertionError(f"no {kind.__name__}")


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@check
def chat():
    raw = client.chat.completions.with_raw_response.create(model="gpt", messages=HI, seed=7)
    reply = raw.parse()
    equal(reply.choices[0].message.content, ANSWER)
    equal((reply.model, reply.choices[0].finish_reason, reply.usage.total_tokens), ("gpt", "stop", 15))
    equal(raw.headers["x-nyuro-provider"], "one")
    equal(reply._request_id, raw.headers["x-request-id"])


@check
def fallback_by_extra_body():
    reply = ask("broken", extra_body={"models": ["gpt"], "provider": {"allow_fallbacks": True}})
    equal((reply.model, reply.choices[0].message.content), ("gpt", ANSWER))


@check
def stream():
    chunks = list(ask(stream=True))
    equal(text_of(chunks), ANSWER)
    equal({chunk.model for chunk in chunks}, {"gpt"})
    equal([chunk for chunk in chunks if chunk.usage or not chunk.choices], [])
    chunks = list(ask(stream=True, stream_options={"include_usage": True}))
    equal((text_of(chunks), chunks[-1].choices, chunks[-1].usage.total_tokens), (ANSWER, [], 15))


@check
def stream_helper():
    with client.chat.completions.stream(model="gpt", messages=HI) as events:
        kinds = {event.type for event in events}
        equal(events.get_final_completion().choices[0].message.content, ANSWER)
    equal({"content.delta", "content.done"} <= kinds, True)


@check
def tools():
    said = client.chat.completions.create(model="gpt", messages=HI, tools=TOOLS).choices[0]
    equal(said.finish_reason, "tool_calls")
    results = [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": DEGREES[json.loads(call.function.arguments)["city"]],
        }
        for call in said.message.tool_calls
    ]
    reply = client.chat.completions.create(model="gpt", messages=[*HI, said.message, *results], tools=TOOLS)
    equal(reply.choices[0].message.content, "Paris: 21; Oslo: 7")


@check
def streamed_tools():
    with client.chat.completions.stream(model="gpt", messages=HI, tools=TOOLS) as events:
        for _ in events:
            pass
        calls = events.get_final_completion().choices[0].message.tool_calls
    equal([json.loads(call.function.arguments)["city"] for call in calls], list(DEGREES))


@check
def structured_output():
    reply = client.chat.completions.parse(model="gpt", messages=HI, response_format=Weather)
    equal(reply.choices[0].message.parsed, Weather(city="Paris", degrees=21))
    with client.chat.completions.stream(model="gpt", messages=HI, response_format=Weather) as events:
        parsed = events.get_final_completion().choices[0].message.parsed
    equal(parsed, Weather(city="Paris", degrees=21))


@check
def embeddings():
    inputs = {"hello": [5], ("a", "bc"): [1, 2], (7, 8, 9): [3], ((1, 2), (3,)): [2, 1]}
    for given, lengths in inputs.items():
        value = json.loads(json.dumps(given))
        for encoding in ({}, {"encoding_format": "float"}):
            for model in ("gpt", "floats"):
                reply = client.embeddings.create(model=model, input=value, **encoding)
                equal([item.embedding for item in reply.data], [[size, -0.5, -0.25] for size in lengths])


@check
def models():
    ids = [model.id for model in client.models.list()]
    equal(("gpt" in ids, "meta/llama" in ids, "forbidden" in ids), (True, True, False))
    equal(client.models.retrieve("meta/llama").id, "meta/llama")
    equal(error_of(openai.NotFoundError, lambda: client.models.retrieve("gtp")).code, "model_not_found")


@check
def refusals():
    stranger = OpenAI(base_url=BASE_URL, api_key="sk-another")
    equal(error_of(openai.AuthenticationError, lambda: ask(using=stranger)).code, "invalid_api_key")
    equal(error_of(openai.NotFoundError, lambda: ask("gtp")).code, "model_not_found")
    equal(error_of(openai.PermissionDeniedError, lambda: ask("forbidden")).code, "model_not_allowed")
    error = error_of(openai.BadRequestError, lambda: ask(temperature=9))
    equal((error.param, error.code), ("temperature", "invalid_value"))


@check
def upstream_failure_is_told_once():
    error = error_of(openai.InternalServerError, lambda: ask("broken"))
    equal((error.status_code, error.code), (503, "all_candidates_failed"))
    equal(error.response.headers["x-should-retry"], "false")


@check
def rate_limit():
    error = error_of(openai.RateLimitError, lambda: ask("limited", client.with_options(max_retries=0)))
    equal(error.response.headers["retry-after"], "7")


@check
def own_retry():
    equal(ask("briefly").choices[0].message.content, ANSWER)


@check
def break_in_a_stream():
    text = ""
    try:
        for chunk in ask("cut", stream=True):
            text += text_of([chunk])
            if text == "Hello":
                ask("release")
    except openai.APIError as error:
        equal(isinstance(error, openai.APIConnectionError), False)
        equal((text, error.code), ("Hello", "interrupted"))
        return
    raise AssertionError("the stream looked finished")


@check
def closing_a_stream():
    events = ask("endless", stream=True)
    equal(text_of([next(iter(events))]), "Hello")
    events.close()
    equal(ask("when-closed").choices[0].message.content, ANSWER)


@check
def own_timeout():
    try:
        ask("silent", client.with_options(timeout=0.3, max_retries=0))
    except openai.APITimeoutError:
        return
    raise AssertionError("no timeout")


@check
def asynchronous():
    async def both():
        async with AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY) as asynchronous_client:
            whole = await ask(using=asynchronous_client)
            chunks = [chunk async for chunk in await ask(using=asynchronous_client, stream=True)]
            return whole.choices[0].message.content, text_of(chunks)

    equal(asyncio.run(both()), (ANSWER, ANSWER))


def run(function):
    try:
        function()
    except Exception as error:  # Every check is told, whatever the one before it ended in.
        print(f"FAIL {function.__name__}: {type(error).__name__}: {error}")
        return False
    print(f"ok {function.__name__}")
    return True


if __name__ == "__main__":
    sys.exit(0 if all([run(function) for function in CHECKS]) else 1)
