# SPDX-License-Identifier: Apache-2.0
"""Records what jinja2 makes of the templates in cases.json, as transformers sets it up for chat templates.

    pip install "jinja2==3.1.6" && python record.py cases.json

Each case is {"source": ...} with the shared "variables"; the script fills in "text" (and "spans" of generation blocks)
or "error" (the exception class; the message as well for raise_exception).
"""
import datetime
import json
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def __init__(self, environment):
        super().__init__(environment)
        self.parts, self.spans = [], []
        environment.extend(generation=self)

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("note"), [], [], body).set_lineno(line)

    def note(self, caller):
        text = caller()
        start = len("".join(self.parts))
        self.spans.append([start, start + len(text)])
        return text


class Namespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        attributes = dict(*args[1:], **kwargs)
        for name in attributes:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(args[0], attributes)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


class Dict:
    def __call__(self, *args, **kwargs):
        return dict(*args, **kwargs)

    def fromkeys(self, *args):
        return dict.fromkeys(*args)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def render(source, variables):
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    now = datetime.datetime(2024, 7, 26, 12, 34, 56)
    env.globals.update(raise_exception=raise_exception, strftime_now=now.strftime, dict=Dict(), namespace=Namespace)
    try:
        for part in env.from_string(source).generate(**variables):
            env.generation.parts.append(part)
    except jinja2.TemplateSyntaxError:
        return {"error": "TemplateSyntaxError"}
    except SyntaxError:  # break outside a loop: found by Python's compiler
        return {"error": "TemplateSyntaxError"}
    except jinja2.exceptions.TemplateError as e:
        if type(e) is jinja2.exceptions.TemplateError:
            return {"error": "TemplateError", "message": str(e)}
        return {"error": type(e).__name__}
    except Exception as e:
        return {"error": type(e).__name__}
    result = {"text": "".join(env.generation.parts)}
    if env.generation.spans:
        result["spans"] = env.generation.spans
    return result


def main(path):
    with open(path, encoding="utf-8") as f:
        table = json.load(f)
    table["cases"] = [{"source": c["source"], **render(c["source"], table["variables"])} for c in table["cases"]]
    with open(path, "w", encoding="utf-8") as f:
        f.write('{"variables": %s,\n"cases": [\n' % json.dumps(table["variables"], ensure_ascii=True))
        f.write(",\n".join(json.dumps(c, ensure_ascii=True) for c in table["cases"]))
        f.write("\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
