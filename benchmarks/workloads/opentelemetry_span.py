"""
A span inside a span: start with one attribute, set one more, end.

It goes through a batch processor to an exporter that does nothing. The queue has room for every
span, so that none is dropped unseen; the flush at the end is not measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from _timing import arguments, expect, report, warm_and_measure
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult


class CountingExporter(SpanExporter):  # type: ignore[misc]  # in the peer's environment only
    """Does nothing with the spans but count them, once a batch."""

    exported = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Count them."""
        self.exported += len(spans)
        return SpanExportResult.SUCCESS


def main() -> None:
    asked = arguments(__doc__)
    exporter = CountingExporter()
    room = max(asked.total + 1, 2048)
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=room))
    tracer = provider.get_tracer("bench")

    def run_spans(operations: int) -> None:
        for number in range(operations):
            attributes = {"number": number}
            with tracer.start_as_current_span("bench:nested", attributes=attributes) as span:
                span.set_attribute("result", number)

    with tracer.start_as_current_span("bench:round"):
        nanoseconds = warm_and_measure(run_spans, asked)
    provider.shutdown()
    expect("spans", asked.total + 1, exporter.exported)
    report(asked.operations, operation=nanoseconds)


if __name__ == "__main__":
    main()
