def seeded_test(result):
    # ruleid: assertion-always-true
    assert True


def seeded_more(self, result):
    # ruleid: assertion-always-true
    assert result or True
    # ruleid: assertion-always-true
    assert len(result) >= 0
    # ruleid: assertion-always-true
    self.assertTrue(True)
    # ok: assertion-always-true
    assert len(result) > 0
    # ok: assertion-always-true
    assert result == 3
    # ok: assertion-always-true
    self.assertTrue(result)
