# ruleid: test-checks-nothing
def test_seeded_total():
    prices = [1, 2]
    sum(prices)


class TestSeeded:
    # ruleid: test-checks-nothing
    def test_seeded_method(self):
        print(sum([1, 2]))

    # ok: test-checks-nothing
    def test_seeded_sum(self):
        assert sum([1, 2]) == 3


# ok: test-checks-nothing
def test_seeded_error(pytest):
    with pytest.raises(TypeError):
        sum(1)


# ok: test-checks-nothing
def test_seeded_delegated(check_sum):
    check_sum([1, 2], 3)


# ok: test-checks-nothing
def seeded_helper():
    sum([1, 2])
